# OplineFirmware.cmake - images for the boards, cross-compiled by custom commands, since the project's compiler is the
# host's.
#
# opline_firmware_image(NAME nucleo-f446re BOARD nucleo-f446re CORE cortex-m4 KERNELS dsp|portable
#                       PLACEMENT "what is in which memory" CPU_FLAGS -mcpu=... MEMORY memory.ld
#                       SOURCES board sources HEADERS board headers)
#   -> target firmware_<NAME>, ${PROJECT_BINARY_DIR}/firmware/<NAME>.elf, part of `all`.
#
# Linked twice: the first link, without pools, shows how much flash the code leaves; make_pools fills exactly that; the
# second link includes it. The image contains no path of this tree and no date: the same sources and compiler give the
# same bytes. It has line numbers (-g), for profiles; they are not loaded.

set(OPLINE_FIRMWARE_OPTIMISATION "-O2" CACHE STRING "Optimisation of the device's code; recorded in the image")
set(OPLINE_ARM_PREFIX "arm-none-eabi-" CACHE STRING "Prefix of the cross compiler, may be a path")

find_program(OPLINE_ARM_GCC ${OPLINE_ARM_PREFIX}gcc)
find_program(OPLINE_ARM_NM ${OPLINE_ARM_PREFIX}nm)
if(NOT OPLINE_ARM_GCC OR NOT OPLINE_ARM_NM)
  message(FATAL_ERROR "${OPLINE_ARM_PREFIX}gcc is missing: it builds the firmware that the simulator executes. "
    "Install it with: apt-get install --no-install-recommends gcc-arm-none-eabi binutils-arm-none-eabi")
endif()

set(OPLINE_FIRMWARE_WARNINGS ${OPLINE_WARNINGS})
set(OPLINE_FIRMWARE_FLAGS -mthumb -std=c17 -ffreestanding -fno-common -ffunction-sections -fdata-sections
  -fno-tree-loop-distribute-patterns) # the last: no memset made of the loop in memset

# One object by one custom command, with the headers it included as dependencies.
function(_opline_firmware_object source object)
  cmake_path(GET object PARENT_PATH folder)
  file(MAKE_DIRECTORY ${folder})
  set(maps) # -ffile-prefix-map is both, but is not passed on to the assembler
  foreach(map debug macro)
    list(APPEND maps -f${map}-prefix-map=${PROJECT_SOURCE_DIR}=. -f${map}-prefix-map=${PROJECT_BINARY_DIR}=.)
  endforeach()
  add_custom_command(OUTPUT ${object}
    COMMAND ${OPLINE_ARM_GCC} ${ARGN} -g -I${PROJECT_SOURCE_DIR} ${maps} -MD -MF ${object}.d -c ${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d VERBATIM COMMENT "Device: ${object}")
endfunction()

function(_opline_firmware_link output)
  cmake_parse_arguments(L "" "MEMORY" "OBJECTS;FLAGS" ${ARGN})
  add_custom_command(OUTPUT ${output}
    COMMAND ${OPLINE_ARM_GCC} ${L_FLAGS} -nostdlib -nostartfiles -Wl,--gc-sections -Wl,--build-id=none
            -Wl,--fatal-warnings -Wl,-L,${PROJECT_SOURCE_DIR}/firmware/boards/cortex_m -Wl,-T,${L_MEMORY}
            ${L_OBJECTS} -lgcc -o ${output}
    DEPENDS ${L_OBJECTS} ${L_MEMORY} ${PROJECT_SOURCE_DIR}/firmware/boards/cortex_m/image.ld
    VERBATIM COMMENT "Device: ${output}")
endfunction()

function(opline_firmware_image)
  cmake_parse_arguments(A "TRANSLATE" "NAME;BOARD;CORE;KERNELS;PLACEMENT;MEMORY" "CPU_FLAGS;SOURCES;HEADERS" ${ARGN})
  set(work ${PROJECT_BINARY_DIR}/firmware/${A_NAME})
  set(elf ${PROJECT_BINARY_DIR}/firmware/${A_NAME}.elf)
  separate_arguments(optimisation UNIX_COMMAND "${OPLINE_FIRMWARE_OPTIMISATION}")
  set(flags ${A_CPU_FLAGS} ${optimisation} ${OPLINE_FIRMWARE_FLAGS})
  if(A_CORE STREQUAL "cortex-m7")
    list(APPEND flags -DOPLINE_DUAL_ISSUE)
  endif()
  list(JOIN flags " " recorded_flags)
  file(STRINGS ${PROJECT_SOURCE_DIR}/firmware/include/opline_plan.h plan_version REGEX "OPLINE_PLAN_VERSION [0-9]+u")
  string(REGEX MATCH "[0-9]+" plan_version "${plan_version}")
  configure_file(${PROJECT_SOURCE_DIR}/firmware/runtime/build_info.c.in ${work}/build_info.c @ONLY)

  set(objects)
  foreach(source IN LISTS A_SOURCES OPLINE_RUNTIME_SOURCES OPLINE_KERNEL_SOURCES OPLINE_${A_KERNELS}_KERNEL_SOURCES)
    set(object ${work}/${source}.o)
    _opline_firmware_object(${PROJECT_SOURCE_DIR}/firmware/${source} ${object} ${flags} ${OPLINE_FIRMWARE_WARNINGS})
    list(APPEND objects ${object})
  endforeach()
  _opline_firmware_object(${work}/build_info.c ${work}/build_info.o ${flags} ${OPLINE_FIRMWARE_WARNINGS})
  list(APPEND objects ${work}/build_info.o)

  set(memory ${PROJECT_SOURCE_DIR}/firmware/${A_MEMORY})
  _opline_firmware_link(${work}/without_pools.image MEMORY ${memory} OBJECTS ${objects} FLAGS ${flags})
  set(pools ${work}/weight_pool.bin ${work}/channel_pool.bin)
  add_custom_command(OUTPUT ${pools}
    COMMAND ${OPLINE_ARM_NM} ${work}/without_pools.image > ${work}/symbols.txt
    COMMAND opline_make_pools ${work}/symbols.txt ${pools}
    DEPENDS ${work}/without_pools.image opline_make_pools VERBATIM COMMENT "Device: pools of ${A_NAME}")
  add_custom_command(OUTPUT ${work}/pools.o
    COMMAND ${OPLINE_ARM_GCC} ${A_CPU_FLAGS} -mthumb -Wa,-I,${work} -c ${PROJECT_SOURCE_DIR}/firmware/runtime/pools.S
            -o ${work}/pools.o
    DEPENDS ${PROJECT_SOURCE_DIR}/firmware/runtime/pools.S ${pools} VERBATIM)
  _opline_firmware_link(${elf} MEMORY ${memory} OBJECTS ${objects} ${work}/pools.o FLAGS ${flags})
  set(files ${A_SOURCES} ${A_HEADERS} ${OPLINE_RUNTIME_SOURCES} ${OPLINE_KERNEL_SOURCES}
    ${OPLINE_${A_KERNELS}_KERNEL_SOURCES} ${OPLINE_FIRMWARE_HEADERS})
  list(TRANSFORM files PREPEND ${PROJECT_SOURCE_DIR}/firmware/)
  add_custom_target(firmware_${A_NAME} ALL DEPENDS ${elf} SOURCES ${files})
  if(A_TRANSLATE)
    list(FILTER objects INCLUDE REGEX "/(kernels/(dsp/.*|concatenation\\.c|crc32\\.c|pad\\.c|run_layer\\.c)|runtime/memory\\.c)\\.o$")
    set_property(GLOBAL APPEND PROPERTY OPLINE_IMAGES_TO_TRANSLATE ${A_NAME})
    set_property(GLOBAL PROPERTY OPLINE_BOARD_OF_${A_NAME} ${A_BOARD})
    set_property(GLOBAL PROPERTY OPLINE_OBJECTS_OF_${A_NAME} ${objects})
  endif()
endfunction()

# What runs long is worth translating for the simulator: the kernels and what copies memory, by the names in their
# objects. Sets `sources` and `symbols` to the generated files and to what they define.
function(opline_translate_images sources symbols)
  get_property(names GLOBAL PROPERTY OPLINE_IMAGES_TO_TRANSLATE)
  foreach(name IN LISTS names)
    get_property(board GLOBAL PROPERTY OPLINE_BOARD_OF_${name})
    get_property(objects GLOBAL PROPERTY OPLINE_OBJECTS_OF_${name})
    set(elf ${PROJECT_BINARY_DIR}/firmware/${name}.elf)
    set(functions ${CMAKE_CURRENT_BINARY_DIR}/${name}.functions.txt)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.translated.cpp)
    string(MAKE_C_IDENTIFIER "translation_of_${name}" symbol)
    add_custom_command(OUTPUT ${source}
      COMMAND ${OPLINE_ARM_NM} --defined-only ${objects} > ${functions}
      COMMAND ${CMAKE_COMMAND} -E env OPLINE_HOME=${PROJECT_SOURCE_DIR}
              $<TARGET_FILE:opline_translate> ${board} ${elf} ${symbol} ${functions} ${source}
      DEPENDS ${objects} ${elf} firmware_${name} opline_translate ${PROJECT_SOURCE_DIR}/data/boards/${board}.toml
              ${PROJECT_SOURCE_DIR}/data/cores/cortex-m4.toml ${PROJECT_SOURCE_DIR}/data/cores/cortex-m7.toml
      VERBATIM COMMENT "Translated: ${source}")
    list(APPEND all_sources ${source})
    list(APPEND all_symbols ${symbol})
  endforeach()
  set(${sources} ${all_sources} PARENT_SCOPE)
  set(${symbols} ${all_symbols} PARENT_SCOPE)
endfunction()
