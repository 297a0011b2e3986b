/* firmware/runtime/trigger.h - what a power meter sees on the board's trigger pin.
 *
 * The pin is high while a network is measured; or, in MLPerf Tiny's energy mode and after `trigger
 * pulse%`, always but for a pulse when the measurement begins and one when it ends: low for at
 * least 1 us. Both pulses lie outside of what the cycle counter measures. */
#ifndef OPLINE_TRIGGER_H
#define OPLINE_TRIGGER_H

#ifdef __cplusplus
extern "C" {
#endif

/* Pulses from now on, or a level. */
void opline_set_trigger_pulses(int on);

void opline_window_begins(void);
void opline_window_ends(void);

#ifdef __cplusplus
}
#endif
#endif /* OPLINE_TRIGGER_H */
