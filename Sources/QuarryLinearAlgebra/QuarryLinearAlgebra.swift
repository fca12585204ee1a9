// QuarryLinearAlgebra
