/* firmware/protocol/commands.h - the commands; each writes its reply but m-ready. */
#ifndef OPLINE_COMMANDS_H
#define OPLINE_COMMANDS_H

#include "firmware/protocol/opline_protocol.h"

enum { kMaxBytesPerCommand = 40 };

/* MLPerf Tiny's db, infer and results; 0 for any other first word. */
int opline_mlperf_command(struct opline_runtime* runtime, const struct opline_words* words);
void opline_mlperf_help(void);

/* opline's plan and trigger; 0 likewise. */
int opline_plan_command(struct opline_runtime* runtime, const struct opline_words* words);
void opline_plan_help(void);

/* The lines of `setup%` about the runtime's memory. */
void opline_plan_setup(const struct opline_runtime* runtime);

#endif /* OPLINE_COMMANDS_H */
