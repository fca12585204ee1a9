// QuarrySQLite
