# tests/firmware/reproducible.cmake - the images are the same bytes when they are built elsewhere, later.
#
#   cmake -DSOURCE=<repository> -DBINARY=<build folder with images> -DTOOL=<opline_firmware_tool> -DPREFIX=arm-none-eabi-
#         -DOPTIMISATION=-O2 -DSCRATCH=<folder> -P reproducible.cmake
#
# Copies the sources and the boards' files to another folder, builds the images there and compares. Also: no path in an
# image.

file(REMOVE_RECURSE ${SCRATCH})
file(COPY ${SOURCE}/firmware ${SOURCE}/data DESTINATION ${SCRATCH}/elsewhere)
file(GLOB images RELATIVE ${BINARY}/firmware ${BINARY}/firmware/*.elf)
list(TRANSFORM images REPLACE "\\.elf$" "")
list(LENGTH images count)
if(count LESS 6)
  message(FATAL_ERROR "${BINARY}/firmware holds ${count} images; build them first")
endif()
foreach(image IN LISTS images)
  string(REGEX REPLACE "-portable$" "" board ${image})
  set(kernels dsp)
  if(NOT board STREQUAL image)
    set(kernels portable)
  endif()
  foreach(folder data/boards firmware/boards)
    if(EXISTS ${SCRATCH}/elsewhere/${folder}/${board}.toml)
      set(file ${SCRATCH}/elsewhere/${folder}/${board}.toml)
    endif()
  endforeach()
  execute_process(COMMAND ${CMAKE_COMMAND} -E env OPLINE_HOME=${SCRATCH}/elsewhere ${TOOL} image ${file} ${SCRATCH}/elsewhere
    ${PREFIX} ${OPTIMISATION} ${kernels} ${SCRATCH}/work/${image} ${SCRATCH}/${image}.elf
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${image}: ${output}")
  endif()
  file(SHA256 ${BINARY}/firmware/${image}.elf here)
  file(SHA256 ${SCRATCH}/${image}.elf there)
  if(NOT here STREQUAL there)
    message(FATAL_ERROR "${image}.elf differs: built in ${BINARY} and in ${SCRATCH}")
  endif()
  file(STRINGS ${BINARY}/firmware/${image}.elf paths REGEX "${SOURCE}|${BINARY}")
  if(paths)
    message(FATAL_ERROR "${image}.elf holds a path: ${paths}")
  endif()
  message("${image}.elf: ${here}")
endforeach()
file(REMOVE_RECURSE ${SCRATCH})
