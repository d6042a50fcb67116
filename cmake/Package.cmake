# What is installed beside programs and library, and packages of it (cpack -G DEB; debian/ makes the
# same ones by Debian's own tools).

install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/comicgan/models COMPONENT programs
  FILES_MATCHING PATTERN "*.safetensors")
# Pages and the models' cards, which point to each other, as they lie in the source tree.
install(FILES README.md CHANGELOG.md CONTRIBUTING.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT programs)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT programs
  PATTERN "__pycache__" EXCLUDE)
install(DIRECTORY models DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT programs
  FILES_MATCHING PATTERN "*.md")

# ---- Debian packages

# Three packages, as Debian has them: the programs, the library, and what building with it takes.
set(library_package libcomicgan${PROJECT_VERSION_MAJOR})
set(packages comicgan ${library_package} libcomicgan-dev)
set(components programs library development)
if(NOT BUILD_SHARED_LIBS)
  list(REMOVE_AT packages 1)
  list(REMOVE_AT components 1)
endif()
install(DIRECTORY docs/examples DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libcomicgan-dev
  COMPONENT development PATTERN "__pycache__" EXCLUDE)
execute_process(COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/debian/changelog
  OUTPUT_FILE ${PROJECT_BINARY_DIR}/changelog.gz)
foreach(package component IN ZIP_LISTS packages components)
  install(FILES ${PROJECT_BINARY_DIR}/changelog.gz debian/copyright
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
endforeach()

# What tells dpkg and the linker of the library.
set(control ${PROJECT_BINARY_DIR}/debian-control)
file(WRITE ${control}/triggers "activate-noawait ldconfig\n")
file(WRITE ${control}/shlibs
  "libcomicgan ${PROJECT_VERSION_MAJOR} ${library_package} (>= ${PROJECT_VERSION})\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${control}/triggers ${control}/shlibs)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The comicgan authors <nobody@example.org>" CACHE STRING
  "Who answers for the packages")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "turn photographs into comics")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL ${components})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
if(COMICGAN_HEIF) # loaded when it is needed, and so unknown to dpkg-shlibdeps
  string(REGEX REPLACE "\\.so\\." "" heif_package ${HEIF_SONAME})
  set(CPACK_DEBIAN_PROGRAMS_PACKAGE_DEPENDS "${heif_package} (>= ${HEIF_VERSION})")
  set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS "${CPACK_DEBIAN_PROGRAMS_PACKAGE_DEPENDS}")
endif()
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME comicgan)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_RECOMMENDS "fonts-comic-neue, ffmpeg")
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION
  "comicgan draws photos, pages and films as comics, by networks of fully\n\
connected layers, without a GPU; and it trains styles of one's own.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "The library that turns pixels and picture files into comics.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libcomicgan-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${library_package} (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Header, CMake and pkg-config files of the library, and examples in C and\n\
Python.")
if(NOT BUILD_SHARED_LIBS)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "")
endif()
include(CPack)
