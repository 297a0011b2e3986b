/* firmware/boards/cortex_m/caches.h - the level-1 caches of the Cortex-M7. */
#ifndef OPLINE_CACHES_H
#define OPLINE_CACHES_H

/* Invalidates and switches on the instruction cache and the data cache. Call it once, with both
 * off. */
void opline_start_caches(void);

/* Writes changed lines of the data cache back, then empties both caches. */
void opline_empty_caches(void);

#endif /* OPLINE_CACHES_H */
