/* firmware/protocol/protocol.c - opline_device.h's conversation with the commands of a plan. */
#define OPLINE_DEVICE_IMPLEMENTATION
#define OPLINE_DEVICE_LINE_ONLY
#include "firmware/protocol/opline_protocol.h"

#include "firmware/protocol/commands.h"

static int command(void* context, const struct opline_words* words) {
  struct opline_runtime* runtime = context;
  return opline_mlperf_command(runtime, words) || opline_plan_command(runtime, words);
}

static void setup(void* context) { opline_plan_setup(context); }

static void help(void* context) {
  (void)context;
  opline_plan_help();
  opline_mlperf_help();
}

static struct opline_conversation conversation_of(const struct opline_protocol* protocol) {
  const struct opline_own_network* own = protocol->runtime->own;
  return (struct opline_conversation){own != NULL ? own->model : "plan", protocol->runtime, command,
                                      setup, help};
}

void opline_protocol_start(struct opline_protocol* protocol, struct opline_runtime* runtime) {
  protocol->runtime = runtime;
  opline_conversation_start(&protocol->line);
}

void opline_protocol_receive(struct opline_protocol* protocol, char byte) {
  const struct opline_conversation conversation = conversation_of(protocol);
  opline_conversation_receive(&conversation, &protocol->line, byte);
}
