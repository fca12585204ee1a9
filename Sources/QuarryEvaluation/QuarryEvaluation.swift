// QuarryEvaluation
