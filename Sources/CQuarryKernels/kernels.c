#include "quarry_kernels.h"
