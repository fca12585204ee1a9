// QuarryChunking
