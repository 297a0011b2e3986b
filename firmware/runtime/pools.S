/* firmware/runtime/pools.S - the pools as the build wrote them (firmware/tools/make_pools.c). */
  .section .opline_weight_pool, "a", %progbits
  .incbin "weight_pool.bin"
  .section .opline_channel_pool, "a", %progbits
  .incbin "channel_pool.bin"
