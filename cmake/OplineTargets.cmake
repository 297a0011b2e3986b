# OplineTargets.cmake - functions that define libraries and tests, and the options that all targets share.
#
# A module is a folder and a static library `opline_<name>` (alias `opline::<name>`). Its headers are a FILE_SET so
# that exactly these are installed, and they are included by their path from the top of the repository.

option(OPLINE_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(OPLINE_BUILD_BENCHMARKS "Build the benchmarks (needs Google Benchmark)" OFF)
option(OPLINE_WARNINGS_AS_ERRORS "Treat compiler warnings as errors; on in the presets" OFF)
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

# Warnings, language level and sanitizers that every target of the project shares. Build interface only.
set(OPLINE_WARNINGS -Wall -Wextra -Wpedantic -Wshadow)
if(OPLINE_WARNINGS_AS_ERRORS)
  list(APPEND OPLINE_WARNINGS -Werror)
endif()
add_library(opline_options INTERFACE)
target_compile_features(opline_options INTERFACE cxx_std_20 c_std_17)
target_compile_options(opline_options INTERFACE ${OPLINE_WARNINGS}
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual> -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC PR 105651: a false alarm for "literal" + std::string, fixed in GCC 13.
  target_compile_options(opline_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
if(OPLINE_SANITIZE)
  # GCC 12 warns about the internals of std::regex when they are instrumented.
  target_compile_options(opline_options INTERFACE -fsanitize=${OPLINE_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer -Wno-maybe-uninitialized)
  target_link_options(opline_options INTERFACE -fsanitize=${OPLINE_SANITIZE})
endif()

set_property(GLOBAL PROPERTY OPLINE_INSTALL_TARGETS "")

# opline_library(NAME name [SOURCES a.cpp ...] HEADERS a.h ... [DEPS modules and packages] [PRIVATE_DEPS ...])
# A header that is private to its module is named in SOURCES. Without SOURCES the module is headers only.
function(opline_library)
  cmake_parse_arguments(A "" "NAME" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target opline_${A_NAME})
  if(A_SOURCES)
    add_library(${target} STATIC ${A_SOURCES})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${A_HEADERS})
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_link_libraries(${target} PUBLIC ${A_DEPS} PRIVATE ${A_PRIVATE_DEPS} $<BUILD_INTERFACE:opline_options>)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF C_EXTENSIONS OFF)
  else()
    add_library(${target} INTERFACE)
    target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${A_HEADERS})
    target_compile_features(${target} INTERFACE cxx_std_20)
    target_link_libraries(${target} INTERFACE ${A_DEPS})
  endif()
  add_library(opline::${A_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${A_NAME})
  set_property(GLOBAL APPEND PROPERTY OPLINE_INSTALL_TARGETS ${target})
endfunction()

# opline_test(NAME module_subject_test SOURCES subject_test.cpp ... [DEPS ...] [LABELS ...] [TIMEOUT seconds])
# Labels: the module's name, and `extended` for what the quick run leaves out.
function(opline_test)
  cmake_parse_arguments(A "" "NAME;TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  opline_know(test ${A_SOURCES})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 300)
  endif()
  add_executable(${A_NAME} ${A_SOURCES})
  set_target_properties(${A_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests CXX_EXTENSIONS OFF)
  target_include_directories(${A_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${A_NAME} PRIVATE OPLINE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                               OPLINE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(${A_NAME} PRIVATE ${A_DEPS} opline_options GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${A_NAME} DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES TEST_LIST ${A_NAME}_TESTS
    PROPERTIES TIMEOUT ${A_TIMEOUT})
  # gtest_discover_tests() takes lists apart, so these are set by a file that ctest reads after its own. Tests run side
  # by side, so each has its own testing::TempDir().
  set(labels ${CMAKE_CURRENT_BINARY_DIR}/${A_NAME}_labels.cmake)
  file(CONFIGURE OUTPUT ${labels} @ONLY CONTENT
"set(number 0)
foreach(test IN LISTS @A_NAME@_TESTS)
  math(EXPR number \"\${number} + 1\")
  set(folder \"@PROJECT_BINARY_DIR@/tests/tmp/@A_NAME@/\${number}\")
  file(MAKE_DIRECTORY \"\${folder}\")
  set_tests_properties(\"\${test}\" PROPERTIES LABELS \"@A_LABELS@\"
    ENVIRONMENT \"OPLINE_HOME=@PROJECT_BINARY_DIR@;TEST_TMPDIR=\${folder}\")
endforeach()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels})
endfunction()

# opline_missing_test(NAME name SOURCES ... PACKAGE debian-package [LABELS ...])
# Takes the place of an opline_test() whose package is not installed: ctest shows it as skipped, with the command that
# installs it.
function(opline_missing_test)
  cmake_parse_arguments(A "" "NAME;PACKAGE" "SOURCES;LABELS" ${ARGN})
  opline_know(test ${A_SOURCES})
  opline_know(source ${A_SOURCES})
  add_test(NAME ${A_NAME} COMMAND ${CMAKE_COMMAND} -E echo
    "SKIPPED: ${A_PACKAGE} is missing: apt-get install -y --no-install-recommends ${A_PACKAGE}")
  set_tests_properties(${A_NAME} PROPERTIES LABELS "${A_LABELS}" SKIP_REGULAR_EXPRESSION "SKIPPED: ")
endfunction()

# opline_script_test(NAME module.subject COMMAND ... [LABELS ...] [TIMEOUT seconds] [PROCESSORS n])
# A test that is a program of its own; exit code 77 means skipped, and its last line says what to install.
function(opline_script_test)
  cmake_parse_arguments(A "" "NAME;TIMEOUT;PROCESSORS" "COMMAND;LABELS" ${ARGN})
  add_test(NAME ${A_NAME} COMMAND ${A_COMMAND})
  set_tests_properties(${A_NAME} PROPERTIES LABELS "${A_LABELS}" SKIP_RETURN_CODE 77)
  if(A_TIMEOUT)
    set_tests_properties(${A_NAME} PROPERTIES TIMEOUT ${A_TIMEOUT})
  endif()
  if(A_PROCESSORS)
    set_tests_properties(${A_NAME} PROPERTIES PROCESSORS ${A_PROCESSORS})
  endif()
endfunction()

# ---- The inventory: the files that CMake knows, for RepositoryInventory (tests/repository/inventory_check.h) ----

# opline_know(source|header|test files...): registers files that belong to no target of this build, such as the sources of
# a cross-compiled image.
function(opline_know kind)
  foreach(file IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    cmake_path(IS_PREFIX PROJECT_SOURCE_DIR ${file} NORMALIZE inside)
    cmake_path(IS_PREFIX PROJECT_BINARY_DIR ${file} NORMALIZE generated)
    if(inside AND NOT generated)
      cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
      set_property(GLOBAL APPEND PROPERTY OPLINE_INVENTORY "${kind} ${file}")
    endif()
  endforeach()
endfunction()

function(opline_know_targets_below folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(origin ${target} SOURCE_DIR)
    foreach(pair "source SOURCES" "header HEADER_SET")
      separate_arguments(pair UNIX_COMMAND "${pair}")
      list(GET pair 0 kind)
      list(GET pair 1 property)
      get_target_property(files ${target} ${property})
      if(files)
        list(FILTER files EXCLUDE REGEX "^\\$<")
        list(TRANSFORM files PREPEND "${origin}/" REGEX "^[^/]")
        opline_know(${kind} ${files})
      endif()
    endforeach()
  endforeach()
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(subfolder IN LISTS subfolders)
    opline_know_targets_below(${subfolder})
  endforeach()
endfunction()

# Called at the end of the top CMakeLists.txt.
function(opline_write_inventory)
  opline_know_targets_below(${PROJECT_SOURCE_DIR})
  get_property(lines GLOBAL PROPERTY OPLINE_INVENTORY)
  list(SORT lines)
  list(REMOVE_DUPLICATES lines)
  list(JOIN lines "\n" text)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/repository/inventory.txt CONTENT "${text}\n" @ONLY)
endfunction()
cmake_language(DEFER DIRECTORY ${PROJECT_SOURCE_DIR} CALL opline_write_inventory)
