# OplineInstall.cmake - `cmake --install`: the program, its resources and find_package(opline).
#
#   bin/opline                  the program
#   share/opline/data           boards, cores, search spaces (resource() in src/base/files.h looks there)
#   share/opline/firmware       the firmware images
#   share/opline/device         the firmware's sources, for boards of one's own
#   include/opline/...          headers by their path in the repository: "src/base/error.h"
#   lib/cmake/opline            one imported target per module: opline::base, opline::analysis ...

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(OPLINE_INSTALL_TARGETS GLOBAL PROPERTY OPLINE_INSTALL_TARGETS)
set(OPLINE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/opline)

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

if(TARGET opline)
  install(TARGETS opline RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/ DESTINATION ${CMAKE_INSTALL_DATADIR}/opline/data)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/firmware DESTINATION ${CMAKE_INSTALL_DATADIR}/opline/device)
# By pattern at install time, so that the list of images is only in firmware/.
install(CODE "file(GLOB images \"${PROJECT_BINARY_DIR}/firmware/*.elf\")
file(INSTALL \${images} DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/opline/firmware\")")
