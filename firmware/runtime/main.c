/* firmware/runtime/main.c - the image's main: memory from the linker, then the command loop. */
#include "firmware/boards/opline_board.h"
#include "firmware/protocol/opline_protocol.h"

/* Set by the board's linker script; hosts and simulators read them from the ELF as well. */
extern uint8_t opline_arena_start[], opline_arena_end[];
extern const uint8_t opline_weight_pool[], opline_weight_pool_end[];
extern const uint8_t opline_channel_pool[], opline_channel_pool_end[];

#ifdef OPLINE_OWN_NETWORK
extern const struct opline_own_network opline_own_network; /* runners/firmware/image_builder.cpp */
static const struct opline_own_network* const own_network = &opline_own_network;
#else
static const struct opline_own_network* const own_network = NULL;
#endif

int main(void) {
  static struct opline_runtime runtime;
  static struct opline_protocol protocol;
  const struct opline_memory memory = {
      .arena = opline_arena_start,
      .arena_bytes = (uint32_t)(opline_arena_end - opline_arena_start),
      .pools = {(const int8_t*)opline_weight_pool,
                (const struct opline_channel*)(const void*)opline_channel_pool, NULL},
      .weight_pool_bytes = (uint32_t)(opline_weight_pool_end - opline_weight_pool),
      .channel_pool_bytes = (uint32_t)(opline_channel_pool_end - opline_channel_pool),
      .tensors = opline_tensors_start,
      .tensor_bytes = (uint32_t)(opline_tensors_end - opline_tensors_start),
  };
  opline_board_start();
  opline_runtime_start(&runtime, &memory, own_network);
  opline_protocol_start(&protocol, &runtime);
  for (;;) {
    const int byte = opline_board_get();
    if (byte >= 0) {
      opline_protocol_receive(&protocol, (char)byte);
    } else {
      opline_cycles(); /* so that no wrap of the counter goes unseen */
    }
  }
}
