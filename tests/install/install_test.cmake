# install_test.cmake - what a user of the installed opline does; run by ctest (tests/install/CMakeLists.txt).
#
# BUILD: the build folder; VERSION: the project's; TYPE, SANITIZE: how it was built; PROGRAM: 1 if there is one.

set(work ${BUILD}/install-test)
set(prefix ${work}/prefix)
file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work}/elsewhere)

# run(what command...): the output is in `output`; the test ends here when the command fails.
macro(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
    WORKING_DIRECTORY ${work}/elsewhere)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what} failed (${result}):\n${output}")
  endif()
endmacro()

# A folder that is not the default, and everything that an installation must not need.
run("cmake --install" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
unset(ENV{OPLINE_HOME})

set(flags)
if(SANITIZE)
  set(flags -DCMAKE_CXX_FLAGS=-fsanitize=${SANITIZE})
endif()
run("configuring the consumer" ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${work}/consumer -G Ninja
  -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_BUILD_TYPE=${TYPE} -DWANTED_VERSION=${VERSION} ${flags})
run("building the consumer" ${CMAKE_COMMAND} --build ${work}/consumer)
run("the consumer" ${work}/consumer/consumer ${work}/elsewhere)
message(STATUS "consumer: ${output}")

# The installed files, and nothing that points back to where they were built.
foreach(file share/opline/data/boards/nucleo-f446re.toml share/opline/data/cores/cortex-m4.toml
        include/opline/src/base/error.h)
  if(NOT EXISTS ${prefix}/${file})
    message(FATAL_ERROR "${file} was not installed")
  endif()
endforeach()
file(GLOB_RECURSE package_files ${prefix}/*.cmake)
foreach(file IN LISTS package_files)
  file(READ ${file} text)
  string(FIND "${text}" "${BUILD}" at)
  if(NOT at EQUAL -1)
    message(FATAL_ERROR "${file} names the build folder")
  endif()
endforeach()

if(PROGRAM)
  run("opline --version" ${prefix}/bin/opline --version)
  string(FIND "${output}" "${VERSION}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "opline --version says '${output}' and not ${VERSION}")
  endif()
  # The boards come from share/opline/data: nothing else tells the program where they are.
  run("opline boards" ${prefix}/bin/opline boards)
  string(FIND "${output}" "nucleo-f446re" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "opline boards does not list nucleo-f446re:\n${output}")
  endif()
  # A study of the program, judged by a program that links the libraries.
  run("opline run" ${prefix}/bin/opline run --space tiny --count 40 --db study.db)
  run("the verdict" ${CMAKE_COMMAND} -E env OPLINE_HOME=${prefix}/share/opline ${work}/consumer/verdict study.db)
  string(JSON ruling ERROR_VARIABLE trouble GET "${output}" verdict ruling)
  if(trouble OR ruling STREQUAL "")
    message(FATAL_ERROR "the verdict's JSON has no ruling: ${trouble}\n${output}")
  endif()
  file(GLOB images ${prefix}/share/opline/firmware/*.elf ${prefix}/share/opline/firmware/*/*.elf)
  if(NOT images)
    message(FATAL_ERROR "no firmware image was installed")
  endif()
endif()
