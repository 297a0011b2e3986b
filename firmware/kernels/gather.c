/* firmware/kernels/gather.c - positions of a tensor by the rows and columns that a table names:
 * slices and resizing to the nearest neighbour. */
#include "firmware/kernels/copy.h"
#include "firmware/kernels/layers.h"

void opline_gather_positions(const struct opline_layer* layer, const struct opline_tensors* t) {
  const uint16_t* const rows = (const void*)t->table;
  const uint16_t* const columns = rows + layer->out_h;
  const int32_t depth = layer->in_c;
  int8_t* out = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const int8_t* const row = t->input + rows[y] * layer->in_w * depth + layer->begin_c;
    for (int32_t x = 0; x < layer->out_w; ++x)
      out = opline_copy(out, row + columns[x] * depth, layer->out_c);
  }
}
