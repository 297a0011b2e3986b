/* firmware/protocol/opline_protocol.h - the conversation with the host: docs/formats/protocol.md.
 *
 * Bytes in, lines out through opline_board_put. The line and the common commands are those of
 * opline_device.h, which firmware of other runtimes includes too; here are the commands that load
 * and execute a plan. */
#ifndef OPLINE_PROTOCOL_H
#define OPLINE_PROTOCOL_H

#include "firmware/include/opline_device.h"
#include "firmware/runtime/opline_runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

struct opline_protocol {
  struct opline_runtime* runtime;
  struct opline_command_line line;
};

/* Sends the boot messages. `runtime` outlives the protocol. */
void opline_protocol_start(struct opline_protocol* protocol, struct opline_runtime* runtime);

/* Takes one byte; a '%' executes the command and answers, m-ready last. CR and LF are ignored. */
void opline_protocol_receive(struct opline_protocol* protocol, char byte);

#ifdef __cplusplus
}
#endif
#endif /* OPLINE_PROTOCOL_H */
