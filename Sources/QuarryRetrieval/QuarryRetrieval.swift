// QuarryRetrieval
