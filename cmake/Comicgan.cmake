# What every target of the project shares: warnings, sanitizers, include paths.

set(COMICGAN_WARNINGS -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
    -Wconversion -Wno-missing-field-initializers) # tables leave the last fields out
if(COMICGAN_WERROR)
  list(APPEND COMICGAN_WARNINGS -Werror)
endif()

set(COMICGAN_SANITIZER_FLAGS "")
if(COMICGAN_SANITIZE)
  set(COMICGAN_SANITIZER_FLAGS -fsanitize=${COMICGAN_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
endif()
if(COMICGAN_FUZZ)
  list(APPEND COMICGAN_SANITIZER_FLAGS -fsanitize=fuzzer-no-link)
endif()

# Sanitizers do not bear functions that are chosen when the program starts: their builds take one
# version, that for this machine or COMICGAN_LEVEL's if that is lower (base/multiversion.h).
set(COMICGAN_LEVEL 4 CACHE STRING "Highest x86-64 level of kernels in builds with sanitizers: 1, 3 or 4")
if(COMICGAN_SANITIZE)
  include(CheckCSourceRuns)
  check_c_source_runs("int main(void) { return !(__builtin_cpu_supports(\"avx2\") &&
    __builtin_cpu_supports(\"fma\") && __builtin_cpu_supports(\"bmi2\")); }" COMICGAN_HAS_V3)
  check_c_source_runs("int main(void) { return !(__builtin_cpu_supports(\"avx512bw\") &&
    __builtin_cpu_supports(\"avx512dq\") && __builtin_cpu_supports(\"avx512vl\")); }" COMICGAN_HAS_V4)
  set(level 1)
  foreach(candidate 3 4)
    if(COMICGAN_HAS_V${candidate} AND candidate LESS_EQUAL COMICGAN_LEVEL)
      set(level ${candidate})
    endif()
  endforeach()
  list(APPEND COMICGAN_SANITIZER_FLAGS -DCG_LEVEL=${level})
endif()

function(comicgan_target_options target)
  # Fused multiply-add where the processor has it, and no care for floating-point traps and errno,
  # which would keep loops from being vectorised; no other licence with floating point.
  target_compile_options(${target} PRIVATE -ffp-contract=fast -fno-trapping-math -fno-math-errno
    ${COMICGAN_WARNINGS} ${COMICGAN_SANITIZER_FLAGS})
  if(COMICGAN_SANITIZE) # one traces the process to look for leaks, one has a thread without signals
    target_compile_definitions(${target} PRIVATE CG_NO_SANDBOX)
  endif()
  target_link_options(${target} PRIVATE ${COMICGAN_SANITIZER_FLAGS})
  target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L)
endfunction()

# comicgan_library(cg_x PUBLIC a.h SOURCES a.c b.c USES cg_y PRIVATE_USES PkgConfig::Z)
# One folder is one library. It sees its own folder and the PUBLIC headers of the libraries that it
# USES, under their path below src/ (or tools/): an include that the picture in docs/ARCHITECTURE.md
# does not allow, or of a header that a folder keeps to itself, does not compile. For that, each
# library has a folder of links in the build tree.
function(comicgan_library target)
  cmake_parse_arguments(arg "" "" "PUBLIC;SOURCES;USES;PRIVATE_USES" ${ARGN})
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE folder)
  string(REGEX REPLACE "^(src|tools)/" "" folder ${folder})
  set(links ${PROJECT_BINARY_DIR}/include/${target})
  file(REMOVE_RECURSE ${links})
  cmake_path(GET folder PARENT_PATH parent)
  file(MAKE_DIRECTORY ${links}/own/${parent} ${links}/public/${folder})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${links}/own/${folder} SYMBOLIC)
  foreach(header IN LISTS arg_PUBLIC)
    file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${header} ${links}/public/${folder}/${header}
      SYMBOLIC)
  endforeach()
  add_library(${target} STATIC ${arg_SOURCES})
  target_include_directories(${target} PRIVATE ${links}/own PUBLIC ${links}/public)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(${target} PUBLIC ${arg_USES} PRIVATE ${arg_PRIVATE_USES} m)
  comicgan_target_options(${target})
endfunction()

# comicgan_builtin(cg_x SYMBOL FILE): the file goes into the program, by src/base/builtin.S; once for a
# folder. It may be missing; the glob notices when it comes.
function(comicgan_builtin target symbol file)
  set(source ${PROJECT_SOURCE_DIR}/src/base/builtin.S)
  target_sources(${target} PRIVATE ${source})
  set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS CG_BUILTIN_SYMBOL=${symbol})
  file(GLOB found CONFIGURE_DEPENDS ${file})
  if(found)
    set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS CG_BUILTIN_FILE="${found}")
    set_property(SOURCE ${source} APPEND PROPERTY OBJECT_DEPENDS ${found})
  else()
    message(STATUS "${file} is not there: it is not built in")
  endif()
endfunction()

# comicgan_test(NAME SOURCES a.c USES cg_x): a cmocka program, known to ctest by its name. Tests may
# look inside: they see all of src/ and tools/.
function(comicgan_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE fixtures ${arg_USES} PkgConfig::CMOCKA m)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests
    ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tools)
  target_compile_definitions(${name} PRIVATE
    CG_SHARED_DATA="${PROJECT_SOURCE_DIR}/../shared/data")
  comicgan_target_options(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# comicgan_optional(NAME "what for" MODULES): an option COMICGAN_NAME, on where pkg-config knows the
# modules, which are then PkgConfig::NAME.
macro(comicgan_optional name text modules)
  pkg_check_modules(${name} IMPORTED_TARGET ${modules})
  set(COMICGAN_${name}_MODULES ${modules})
  option(COMICGAN_${name} "${text}" ${${name}_FOUND})
endmacro()

# The name under which a shared library is looked for when a program runs.
function(comicgan_soname out library)
  execute_process(COMMAND ${CMAKE_READELF} -d ${library} OUTPUT_VARIABLE dynamic
    COMMAND_ERROR_IS_FATAL ANY)
  if(NOT dynamic MATCHES "SONAME[^\n]*\\[([^\n]+)\\]")
    message(FATAL_ERROR "${library}: no shared library with a soname")
  endif()
  set(${out} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()

# For tests that make files of the kinds that have a library of their own (fixture_kinds.h).
function(comicgan_link_kinds target)
  foreach(kind IN ITEMS HEIF WEBP TIFF)
    if(COMICGAN_${kind})
      target_link_libraries(${target} PRIVATE PkgConfig::${kind})
    endif()
  endforeach()
  if(COMICGAN_GIF)
    target_link_libraries(${target} PRIVATE GIF::GIF)
  endif()
endfunction()
