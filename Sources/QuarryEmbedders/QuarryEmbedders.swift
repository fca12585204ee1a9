// QuarryEmbedders
