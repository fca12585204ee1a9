// QuarryBM25
