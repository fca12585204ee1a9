// QuarryReaders
