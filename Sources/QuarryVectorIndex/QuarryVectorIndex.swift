// QuarryVectorIndex
