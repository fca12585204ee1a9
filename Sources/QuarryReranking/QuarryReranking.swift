// QuarryReranking
