#ifndef QUARRY_KERNELS_H
#define QUARRY_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#endif
