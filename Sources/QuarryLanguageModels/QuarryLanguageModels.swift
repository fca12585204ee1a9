// QuarryLanguageModels
