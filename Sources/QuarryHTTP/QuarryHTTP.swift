// QuarryHTTP
