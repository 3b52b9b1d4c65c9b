module example.com/pawl

go 1.19
