/* firmware/protocol/commands.h - the commands; each writes its reply but m-ready.   Room: firmware. */
#ifndef OPLINE_COMMANDS_H
#define OPLINE_COMMANDS_H

#include "firmware/protocol/opline_protocol.h"

enum { kMaxWords = 4, kMaxBytesPerCommand = 40 };

/* A command split at its spaces; missing words are empty. `count` beyond kMaxWords means: too many. */
struct opline_words {
  uint32_t count;
  const char* word[kMaxWords];
};

/* MLPerf Tiny's; 0 if the first word is none of them. */
int opline_mlperf_command(struct opline_runtime* runtime, const struct opline_words* words);

/* opline's own; 0 likewise. */
int opline_plan_command(struct opline_runtime* runtime, const struct opline_words* words);

#endif /* OPLINE_COMMANDS_H */
