# What is installed beside programs and library, and packages of it (cpack -G DEB).

install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/comicgan/models COMPONENT programs
  FILES_MATCHING PATTERN "*.safetensors" PATTERN "*.md")
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT programs)
install(DIRECTORY docs licences DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT programs)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development
  PATTERN "__pycache__" EXCLUDE)

# README.md points to the models' cards as they lie in the source tree.
file(RELATIVE_PATH doc_to_models ${CMAKE_INSTALL_FULL_DOCDIR}
  ${CMAKE_INSTALL_FULL_DATADIR}/comicgan/models)
file(CREATE_LINK ${doc_to_models} ${PROJECT_BINARY_DIR}/models-link SYMBOLIC)
install(FILES ${PROJECT_BINARY_DIR}/models-link DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME models
  COMPONENT programs)

# Three packages, as Debian has them: the programs, the library, and what building with it takes.
set(library_package libcomicgan${PROJECT_VERSION_MAJOR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/comicgan RENAME copyright
  COMPONENT programs)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${library_package}
  RENAME copyright COMPONENT library)
install(FILES licences/stb.txt DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${library_package}
  COMPONENT library)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libcomicgan-dev
  RENAME copyright COMPONENT development)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The comicgan authors <nobody@example.org>" CACHE STRING
  "Who answers for the packages")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "turn photographs into comics")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL programs library development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME comicgan)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_RECOMMENDS "fonts-comic-neue, ffmpeg")
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION
  "Photos, pages and films as comics, drawn by networks of fully connected layers; and the\n\
training of styles of one's own.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "The library that turns pixels into comics.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libcomicgan-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${library_package} (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Header, CMake and pkg-config files, and examples.")
if(NOT BUILD_SHARED_LIBS)
  list(REMOVE_ITEM CPACK_COMPONENTS_ALL library)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "")
endif()
include(CPack)
