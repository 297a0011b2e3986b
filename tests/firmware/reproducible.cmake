# tests/firmware/reproducible.cmake - the images are the same bytes when they are built elsewhere, later.
#
#   cmake -DSOURCE=<repository> -DBINARY=<build folder with images> -DSCRATCH=<folder> -P reproducible.cmake
#
# Copies firmware/ and cmake/ to another folder, builds the images there and compares. Also: no path in an image.

file(REMOVE_RECURSE ${SCRATCH})
file(COPY ${SOURCE}/firmware ${SOURCE}/cmake DESTINATION ${SCRATCH}/elsewhere)
file(WRITE ${SCRATCH}/elsewhere/CMakeLists.txt "
cmake_minimum_required(VERSION 3.25)
project(opline LANGUAGES C CXX)
list(APPEND CMAKE_MODULE_PATH \${PROJECT_SOURCE_DIR}/cmake)
set(OPLINE_BUILD_TESTS OFF CACHE BOOL \"\")
include(OplineTargets)
add_subdirectory(firmware)
")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN}: ${output}")
  endif()
endfunction()

run(${CMAKE_COMMAND} -G Ninja -S ${SCRATCH}/elsewhere -B ${SCRATCH}/build "-DOPLINE_FIRMWARE_OPTIMISATION=${OPTIMISATION}")
file(GLOB images RELATIVE ${BINARY}/firmware ${BINARY}/firmware/*.elf)
list(TRANSFORM images REPLACE "\\.elf$" "")
list(LENGTH images count)
if(count LESS 6)
  message(FATAL_ERROR "${BINARY}/firmware holds ${count} images; build them first")
endif()
set(targets ${images})
list(TRANSFORM targets PREPEND firmware_)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build --target ${targets})
foreach(image IN LISTS images)
  file(SHA256 ${BINARY}/firmware/${image}.elf here)
  file(SHA256 ${SCRATCH}/build/firmware/${image}.elf there)
  if(NOT here STREQUAL there)
    message(FATAL_ERROR "${image}.elf differs: built in ${BINARY} and in ${SCRATCH}/build")
  endif()
  file(STRINGS ${BINARY}/firmware/${image}.elf paths REGEX "${SOURCE}|${BINARY}")
  if(paths)
    message(FATAL_ERROR "${image}.elf holds a path: ${paths}")
  endif()
  message("${image}.elf: ${here}")
endforeach()
file(REMOVE_RECURSE ${SCRATCH})
