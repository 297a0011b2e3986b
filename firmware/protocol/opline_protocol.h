/* firmware/protocol/opline_protocol.h - the conversation with the host: docs/formats/protocol.md.   Room:
 * firmware.
 *
 * Bytes in, lines out through opline_board_put. MLPerf Tiny's commands plus opline's own. */
#ifndef OPLINE_PROTOCOL_H
#define OPLINE_PROTOCOL_H

#include "firmware/runtime/opline_runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OPLINE_COMMAND_BYTES 80u /* without the terminator '%' */

struct opline_protocol {
  struct opline_runtime* runtime;
  uint32_t length; /* of the command so far; beyond OPLINE_COMMAND_BYTES once it was too long */
  char command[OPLINE_COMMAND_BYTES + 1u];
};

/* Sends the boot messages. `runtime` outlives the protocol. */
void opline_protocol_start(struct opline_protocol* protocol, struct opline_runtime* runtime);

/* Takes one byte; a '%' executes the command and answers, m-ready last. CR and LF are ignored. */
void opline_protocol_receive(struct opline_protocol* protocol, char byte);

/* "key=value\n" lines about the image, written at build time; also readable in the ELF under this symbol. */
extern const char opline_build_info[];

#ifdef __cplusplus
}
#endif
#endif /* OPLINE_PROTOCOL_H */
