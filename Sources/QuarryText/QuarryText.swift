// QuarryText
