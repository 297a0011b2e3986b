# OplineInstall.cmake - `cmake --install`: the program, its resources and find_package(opline).
#
#   bin/opline                  the program
#   share/opline/data           boards, cores, search spaces (resource() in src/base/files.h looks there)
#   share/opline/firmware       the firmware images
#   share/opline/device         the firmware's sources, for boards of one's own
#   include/opline/...          headers by their path in the repository: "src/base/error.h"
#   lib/cmake/opline            one imported target per module: opline::base, opline::analysis ...
#   share/man, share/bash-completion, share/zsh, share/doc/opline
#
# Components: program, development, licence; the packages' own files are in OplinePackage.cmake.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(OPLINE_INSTALL_TARGETS GLOBAL PROPERTY OPLINE_INSTALL_TARGETS)
set(OPLINE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/opline)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME development)
install(TARGETS ${OPLINE_INSTALL_TARGETS} EXPORT oplineTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/opline)
install(EXPORT oplineTargets NAMESPACE opline:: DESTINATION ${OPLINE_PACKAGE_DIR})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/oplineConfig.cmake.in
  ${PROJECT_BINARY_DIR}/repository/oplineConfig.cmake INSTALL_DESTINATION ${OPLINE_PACKAGE_DIR}
  PATH_VARS CMAKE_INSTALL_DATADIR)
# Before 1.0 a minor version may change an interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/repository/oplineConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/repository/oplineConfig.cmake ${PROJECT_BINARY_DIR}/repository/oplineConfigVersion.cmake
  DESTINATION ${OPLINE_PACKAGE_DIR})

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/ DESTINATION ${CMAKE_INSTALL_DATADIR}/opline/data PATTERN __pycache__ EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/firmware DESTINATION ${CMAKE_INSTALL_DATADIR}/opline/device
  PATTERN CMakeLists.txt EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT licence)
if(NOT TARGET opline)
  return() # OPLINE_ANALYSIS_ONLY
endif()
install(TARGETS opline RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Those of data/boards; the other images are for tests.
file(GLOB boards CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/data/boards/*.toml)
foreach(board IN LISTS boards)
  cmake_path(GET board STEM board)
  install(FILES ${PROJECT_BINARY_DIR}/firmware/${board}.elf DESTINATION ${CMAKE_INSTALL_DATADIR}/opline/firmware)
endforeach()
install(DIRECTORY ${OPLINE_MANUAL}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${OPLINE_MANUAL}/bash/opline DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${OPLINE_MANUAL}/zsh/_opline DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/CITATION.cff
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DOCDIR}
  PATTERN __pycache__ EXCLUDE)
if(PROJECT_IS_TOP_LEVEL)
  include(OplinePackage)
endif()
