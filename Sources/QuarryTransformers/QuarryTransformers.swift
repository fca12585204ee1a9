// QuarryTransformers
