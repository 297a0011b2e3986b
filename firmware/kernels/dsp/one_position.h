/* firmware/kernels/dsp/one_position.h - the output channels of one position, each with its own
 * scale.
 */
#ifndef OPLINE_DSP_ONE_POSITION_H
#define OPLINE_DSP_ONE_POSITION_H

#include "firmware/kernels/layers.h"

/* Of an input of `depth` bytes, which four rows of weights share. */
void opline_one_position(const struct opline_layer* layer, const struct opline_tensors* t,
                         int32_t depth);

#endif /* OPLINE_DSP_ONE_POSITION_H */
