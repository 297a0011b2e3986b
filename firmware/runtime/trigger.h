/* firmware/runtime/trigger.h - what a power meter sees on the board's trigger pin.
 *
 * The pin is high while a network is measured. In MLPerf Tiny's energy mode it is high always, but
 * for a pulse when the measurement begins and one when it ends: low for at least 1 us. */
#ifndef OPLINE_TRIGGER_H
#define OPLINE_TRIGGER_H

#ifdef __cplusplus
extern "C" {
#endif

void opline_window_begins(void);
void opline_window_ends(void);

#ifdef __cplusplus
}
#endif
#endif /* OPLINE_TRIGGER_H */
