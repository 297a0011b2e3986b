# OplinePackage.cmake - `cpack -G DEB` in the build folder: Debian packages of what OplineInstall.cmake installs.
#
#   opline          the program, its data, the firmware images and sources, manual, completion, documentation
#   libopline-dev   the libraries, for find_package(opline)
#
# packaging/debian holds their own files.

# example.org belongs to nobody (RFC 2606): whoever publishes packages gives an address.
set(OPLINE_PACKAGE_CONTACT "The opline contributors <opline@example.org>" CACHE STRING
  "Name and address of who makes the packages")
string(TIMESTAMP OPLINE_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC) # or SOURCE_DATE_EPOCH
set(OPLINE_PACKAGE_FILES ${PROJECT_BINARY_DIR}/packaging)

# Files that only a Debian package has: not part of `cmake --install`.
foreach(package opline libopline-dev)
  configure_file(${PROJECT_SOURCE_DIR}/packaging/debian/changelog.in ${OPLINE_PACKAGE_FILES}/${package}/changelog @ONLY)
  execute_process(COMMAND gzip -9nf ${OPLINE_PACKAGE_FILES}/${package}/changelog COMMAND_ERROR_IS_FATAL ANY)
  install(FILES ${OPLINE_PACKAGE_FILES}/${package}/changelog.gz ${PROJECT_SOURCE_DIR}/packaging/debian/copyright
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT debian_${package} EXCLUDE_FROM_ALL)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/packaging/debian/opline.lintian-overrides RENAME opline
  DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides COMPONENT debian_opline EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME opline)
set(CPACK_PACKAGE_CONTACT "${OPLINE_PACKAGE_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "op count against latency of neural networks on microcontrollers")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)

# One package per group.
set(CPACK_COMPONENTS_ALL program debian_opline development debian_libopline-dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENT_PROGRAM_GROUP opline)
set(CPACK_COMPONENT_DEBIAN_OPLINE_GROUP opline)
set(CPACK_COMPONENT_DEVELOPMENT_GROUP development)
set(CPACK_COMPONENT_DEBIAN_LIBOPLINE-DEV_GROUP development)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_OPLINE_PACKAGE_NAME opline)
set(CPACK_DEBIAN_OPLINE_PACKAGE_SECTION science)
set(CPACK_DEBIAN_OPLINE_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_OPLINE_PACKAGE_DEPENDS "gnuplot-nox | gnuplot-qt | gnuplot-x11")
set(CPACK_DEBIAN_OPLINE_PACKAGE_RECOMMENDS libjs-chart.js)
set(CPACK_DEBIAN_OPLINE_PACKAGE_SUGGESTS "gcc-arm-none-eabi, g++, gdb-multiarch, openocd, libopline-dev")
set(CPACK_DEBIAN_OPLINE_DESCRIPTION "opline tells whether a neural-network search for microcontrollers may count
operations instead of measuring latency. It draws networks at random from a
search space, executes each one as int8 firmware on a simulated or attached
Cortex-M4 or Cortex-M7 board, fits latency against op count and gives a
verdict with the interval behind every criterion. Cost models are exported
as JSON, C++ and Python.

The package holds the program, boards, search spaces, firmware images and
the sources of the firmware for boards and runtimes of your own.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libopline-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
file(STRINGS ${PROJECT_SOURCE_DIR}/cmake/packages.txt needed REGEX "^[a-z0-9+.-]+-dev +study ")
list(TRANSFORM needed REPLACE " .*" "")
list(JOIN needed ", " needed)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "opline (= ${PROJECT_VERSION}), ${needed}")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "opline tells whether a neural-network search for microcontrollers may count
operations instead of measuring latency.

This package holds its modules as static libraries with headers, for CMake's
find_package(opline).")
include(CPack)
