/* firmware/kernels/run_layer.c - from a descriptor to its kernel. */
#include "firmware/kernels/layers.h"
#include "firmware/kernels/opline_kernels.h"

void opline_run_layer(const struct opline_layer* layer, const struct opline_pools* pools,
                      int8_t* activations) {
  const int8_t* const constant = pools->weights + layer->weights;
  const struct opline_tensors t = {
      .input = layer->constant == OPLINE_CONSTANT_INPUT ? constant : activations + layer->input,
      .input2 = layer->constant == OPLINE_CONSTANT_INPUT2 ? constant : activations + layer->input2,
      .output = activations + layer->output,
      .scratch = (int16_t*)(void*)(activations + layer->scratch),
      .weights = constant,
      .channels = (const struct opline_channel*)(const void*)((const uint8_t*)pools->channels +
                                                              layer->channels),
      .table = pools->tables + layer->table,
  };
  switch (layer->kernel) {
    case OPLINE_KERNEL_CONV_IM2COL:
      opline_conv_im2col(layer, &t);
      break;
    case OPLINE_KERNEL_CONV_1X1:
      opline_conv_1x1(layer, &t);
      break;
    case OPLINE_KERNEL_DEPTHWISE_GENERAL:
      opline_depthwise(layer, &t);
      break;
    case OPLINE_KERNEL_DEPTHWISE_3X3:
      opline_depthwise_3x3(layer, &t);
      break;
    case OPLINE_KERNEL_FULLY_CONNECTED:
      opline_fully_connected(layer, &t);
      break;
    case OPLINE_KERNEL_AVERAGE_POOL:
      opline_average_pool(layer, &t);
      break;
    case OPLINE_KERNEL_MAX_POOL:
      opline_max_pool(layer, &t);
      break;
    case OPLINE_KERNEL_ADD:
      opline_add(layer, &t);
      break;
    case OPLINE_KERNEL_SUB:
      opline_sub(layer, &t);
      break;
    case OPLINE_KERNEL_MUL:
      opline_mul(layer, &t);
      break;
    case OPLINE_KERNEL_PRELU:
      opline_prelu(layer, &t);
      break;
    case OPLINE_KERNEL_TRANSPOSE:
      opline_transpose(layer, &t);
      break;
    case OPLINE_KERNEL_GATHER:
      opline_gather_positions(layer, &t);
      break;
    case OPLINE_KERNEL_LOOKUP:
      opline_lookup(layer, &t);
      break;
    case OPLINE_KERNEL_SOFTMAX:
      opline_softmax(layer, &t);
      break;
    case OPLINE_KERNEL_PAD:
      opline_pad(layer, &t);
      break;
    case OPLINE_KERNEL_MEAN:
      opline_mean_hw(layer, &t);
      break;
    case OPLINE_KERNEL_CONCATENATION:
      opline_concatenation(layer, &t);
      break;
    case OPLINE_KERNEL_CONV_GENERAL:
      opline_conv_general(layer, &t);
      break;
    case OPLINE_KERNEL_DEPTHWISE_ANY:
      opline_depthwise_any(layer, &t);
      break;
    case OPLINE_KERNEL_CONV_IM2COL_S4:
      opline_conv_im2col_s4(layer, &t);
      break;
    case OPLINE_KERNEL_CONV_1X1_S4:
      opline_conv_1x1_s4(layer, &t);
      break;
    case OPLINE_KERNEL_DEPTHWISE_GENERAL_S4:
      opline_depthwise_s4(layer, &t);
      break;
    case OPLINE_KERNEL_DEPTHWISE_3X3_S4:
      opline_depthwise_3x3_s4(layer, &t);
      break;
    case OPLINE_KERNEL_FULLY_CONNECTED_S4:
      opline_fully_connected_s4(layer, &t);
      break;
    case OPLINE_KERNEL_AVERAGE_POOL_S4:
      opline_average_pool_s4(layer, &t);
      break;
    case OPLINE_KERNEL_MAX_POOL_S4:
      opline_max_pool_s4(layer, &t);
      break;
    case OPLINE_KERNEL_ADD_S4:
      opline_add_s4(layer, &t);
      break;
    default: /* opline_check_plan let nothing else pass */
      break;
  }
}

void opline_fill_input(uint32_t seed, int8_t* input, uint32_t bytes) {
  for (uint32_t i = 0; i < bytes; ++i) input[i] = opline_input_byte(seed, i);
}
