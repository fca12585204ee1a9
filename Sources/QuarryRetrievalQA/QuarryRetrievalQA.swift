// QuarryRetrievalQA
