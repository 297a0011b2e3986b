/* firmware/protocol/protocol.c - bytes to commands.   Room: firmware. */
#include "firmware/protocol/commands.h"
#include "firmware/protocol/text.h"

static struct opline_words split(char* command) {
  struct opline_words words = {0, {"", "", "", ""}};
  for (char* p = command; *p != '\0';) {
    while (*p == ' ') *p++ = '\0';
    if (*p == '\0') break;
    if (words.count < kMaxWords) words.word[words.count] = p;
    ++words.count;
    while (*p != '\0' && *p != ' ') ++p;
  }
  return words;
}

static void execute(struct opline_protocol* protocol) {
  if (protocol->length > OPLINE_COMMAND_BYTES) {
    opline_error("command: longer than 80 bytes, ignored");
    return;
  }
  protocol->command[protocol->length] = '\0';
  const struct opline_words words = split(protocol->command);
  if (words.count > kMaxWords) {
    opline_error("command: expected at most 4 words");
    return;
  }
  if (opline_mlperf_command(protocol->runtime, &words) || opline_plan_command(protocol->runtime, &words))
    return;
  opline_put("e-[unknown command '");
  opline_put(words.word[0]);
  opline_line("': expected help, name, profile, timestamp, db, infer, results, setup or plan]");
}

void opline_protocol_start(struct opline_protocol* protocol, struct opline_runtime* runtime) {
  protocol->runtime = runtime;
  protocol->length = 0;
  opline_line("m-timestamp-mode-performance");
  opline_line("m-init-done");
  opline_line("m-ready");
}

void opline_protocol_receive(struct opline_protocol* protocol, char byte) {
  if (byte == '\r' || byte == '\n') return;
  if (byte != '%') {
    if (protocol->length < OPLINE_COMMAND_BYTES) protocol->command[protocol->length] = byte;
    if (protocol->length <= OPLINE_COMMAND_BYTES) ++protocol->length;
    return;
  }
  execute(protocol);
  protocol->length = 0;
  opline_line("m-ready");
}
