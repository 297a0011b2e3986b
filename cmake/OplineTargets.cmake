# OplineTargets.cmake - the one helper that makes a library, a program or a test.
#
# A room is a folder and a static library `opline_<name>` (alias `opline::<name>`). Its headers are a FILE_SET so
# that installing is exact, and they are included by their path from the top of the repository.

option(OPLINE_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(OPLINE_BUILD_BENCHMARKS "Build the benchmarks (needs Google Benchmark)" OFF)
set(OPLINE_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=...; empty for none")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
find_program(OPLINE_CCACHE ccache)
if(OPLINE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${OPLINE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${OPLINE_CCACHE})
endif()

# Warnings, language level and sanitizers every target of the project shares. Build interface only.
add_library(opline_options INTERFACE)
target_compile_features(opline_options INTERFACE cxx_std_20 c_std_17)
target_compile_options(opline_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual> -ffp-contract=off)
if(OPLINE_SANITIZE)
  target_compile_options(opline_options INTERFACE -fsanitize=${OPLINE_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(opline_options INTERFACE -fsanitize=${OPLINE_SANITIZE})
endif()

set_property(GLOBAL PROPERTY OPLINE_INSTALL_TARGETS "")

# opline_library(NAME name SOURCES a.cpp ... HEADERS a.h ... [DEPS rooms and packages] [PRIVATE_DEPS ...])
function(opline_library)
  cmake_parse_arguments(A "" "NAME" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target opline_${A_NAME})
  add_library(${target} STATIC ${A_SOURCES})
  add_library(opline::${A_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${A_NAME} CXX_EXTENSIONS OFF C_EXTENSIONS OFF)
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${A_HEADERS})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${A_DEPS} PRIVATE ${A_PRIVATE_DEPS} $<BUILD_INTERFACE:opline_options>)
  set_property(GLOBAL APPEND PROPERTY OPLINE_INSTALL_TARGETS ${target})
endfunction()

# opline_test(NAME room_subject_test SOURCES subject_test.cpp ... [DEPS ...] [LABELS ...] [TIMEOUT seconds])
# Labels: the room's name, and `extended` for what the quick run leaves out.
function(opline_test)
  cmake_parse_arguments(A "" "NAME;TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 300)
  endif()
  add_executable(${A_NAME} ${A_SOURCES})
  set_target_properties(${A_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests CXX_EXTENSIONS OFF)
  target_include_directories(${A_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${A_NAME} PRIVATE OPLINE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                               OPLINE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(${A_NAME} PRIVATE ${A_DEPS} opline_options GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${A_NAME} DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT} ENVIRONMENT "OPLINE_HOME=${PROJECT_BINARY_DIR}")
endfunction()
