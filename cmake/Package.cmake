# What is installed beside programs and library, and packages of it (cpack -G DEB).

install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/comicgan/models COMPONENT programs
  FILES_MATCHING PATTERN "*.safetensors" PATTERN "*.md")
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT programs)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT programs)
install(DIRECTORY docs/examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development
  PATTERN "__pycache__" EXCLUDE)

# README.md points to the models' cards as they lie in the source tree.
file(RELATIVE_PATH doc_to_models ${CMAKE_INSTALL_FULL_DOCDIR}
  ${CMAKE_INSTALL_FULL_DATADIR}/comicgan/models)
file(CREATE_LINK ${doc_to_models} ${PROJECT_BINARY_DIR}/models-link SYMBOLIC)
install(FILES ${PROJECT_BINARY_DIR}/models-link DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME models
  COMPONENT programs)

# Three packages, as Debian has them: the programs, the library, and what building with it takes.
set(library_package libcomicgan${PROJECT_VERSION_MAJOR})
set(packages comicgan ${library_package} libcomicgan-dev)
set(components programs library development)
if(NOT BUILD_SHARED_LIBS)
  list(REMOVE_AT packages 1)
  list(REMOVE_AT components 1)
endif()
install(FILES docs/licences/stb.txt DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${library_package}
  COMPONENT library)

# A changelog for each, and what tells dpkg and the linker of the library.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${PROJECT_BINARY_DIR}/changelog "comicgan (${PROJECT_VERSION}) unstable; urgency=medium

  * Version ${PROJECT_VERSION}.

 -- The comicgan authors <nobody@example.org>  ${date}
")
execute_process(COMMAND gzip -9nf ${PROJECT_BINARY_DIR}/changelog)
foreach(package component IN ZIP_LISTS packages components)
  install(FILES ${PROJECT_BINARY_DIR}/changelog.gz
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} RENAME copyright
    COMPONENT ${component})
endforeach()
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
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME comicgan)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_RECOMMENDS "fonts-comic-neue, ffmpeg")
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION
  "Photos, pages and films as comics, drawn by networks of fully connected\n\
layers; and the training of styles of one's own.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "The library that turns pixels into comics.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libcomicgan-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${library_package} (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Header, CMake and pkg-config files, and examples.")
if(NOT BUILD_SHARED_LIBS)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "")
endif()
include(CPack)
