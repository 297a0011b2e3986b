# OplineFirmware.cmake - images for the boards: a program of the build compiles them (runners/firmware), since the
# project's compiler is the host's.
#
# opline_firmware_image(NAME nucleo-f446re BOARD file.toml [PORTABLE] [TRANSLATE])
#   -> target firmware_<NAME>, ${PROJECT_BINARY_DIR}/firmware/<NAME>.elf, part of `all`.

set(OPLINE_FIRMWARE_OPTIMISATION "-O2" CACHE STRING "Optimisation of the device's code; recorded in the image")
set(OPLINE_ARM_PREFIX "arm-none-eabi-" CACHE STRING "Prefix of the cross compiler, may be a path")

find_program(OPLINE_ARM_GCC ${OPLINE_ARM_PREFIX}gcc)
find_program(OPLINE_ARM_NM ${OPLINE_ARM_PREFIX}nm)
if(NOT OPLINE_ARM_GCC OR NOT OPLINE_ARM_NM)
  message(FATAL_ERROR "${OPLINE_ARM_PREFIX}gcc is missing: it builds the firmware that the simulator executes. "
    "Install it with: apt-get install --no-install-recommends gcc-arm-none-eabi binutils-arm-none-eabi")
endif()

file(GLOB_RECURSE OPLINE_FIRMWARE_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/firmware/*.c ${PROJECT_SOURCE_DIR}/firmware/*.h
  ${PROJECT_SOURCE_DIR}/firmware/*.S ${PROJECT_SOURCE_DIR}/firmware/*.ld)
file(GLOB OPLINE_TRANSLATED_SOURCES RELATIVE ${PROJECT_SOURCE_DIR}/firmware CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/firmware/kernels/dsp/*.c ${PROJECT_SOURCE_DIR}/firmware/kernels/dsp/*.S)
list(APPEND OPLINE_TRANSLATED_SOURCES kernels/concatenation.c kernels/crc32.c kernels/gather.c kernels/lookup.c kernels/pad.c
  kernels/run_layer.c kernels/transpose.c runtime/memory.c)

function(opline_firmware_image)
  cmake_parse_arguments(A "PORTABLE;TRANSLATE" "NAME;BOARD" "" ${ARGN})
  set(work ${PROJECT_BINARY_DIR}/firmware/${A_NAME})
  set(elf ${PROJECT_BINARY_DIR}/firmware/${A_NAME}.elf)
  set(kernels dsp)
  if(A_PORTABLE)
    set(kernels portable)
  endif()
  list(TRANSFORM OPLINE_TRANSLATED_SOURCES PREPEND ${work}/firmware/ OUTPUT_VARIABLE objects)
  list(TRANSFORM objects APPEND .o)
  if(NOT A_TRANSLATE)
    set(objects)
  endif()
  add_custom_command(OUTPUT ${elf} BYPRODUCTS ${objects}
    COMMAND ${CMAKE_COMMAND} -E env OPLINE_HOME=${PROJECT_SOURCE_DIR} $<TARGET_FILE:opline_firmware_tool> image
            ${A_BOARD} ${PROJECT_SOURCE_DIR} ${OPLINE_ARM_PREFIX} ${OPLINE_FIRMWARE_OPTIMISATION} ${kernels} ${work} ${elf}
    DEPENDS opline_firmware_tool ${A_BOARD} ${OPLINE_FIRMWARE_FILES} VERBATIM COMMENT "Device: ${A_NAME}")
  add_custom_target(firmware_${A_NAME} ALL DEPENDS ${elf} SOURCES ${OPLINE_FIRMWARE_FILES})
  if(A_TRANSLATE)
    set_property(GLOBAL APPEND PROPERTY OPLINE_IMAGES_TO_TRANSLATE ${A_NAME})
    set_property(GLOBAL PROPERTY OPLINE_BOARD_OF_${A_NAME} ${A_NAME})
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
