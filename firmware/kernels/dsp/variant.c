/* firmware/kernels/dsp/variant.c - which set of kernels was linked.   Room: firmware. */
#include "firmware/kernels/opline_kernels.h"

const char* opline_kernels_variant(void) { return "dsp"; }
