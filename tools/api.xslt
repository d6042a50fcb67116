<?xml version="1.0"?>
<!-- Doxygen's XML of comicgan.h as Markdown: tools/api. The folder with the XML is $xml. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:param name="xml"/>
  <xsl:strip-space elements="detaileddescription briefdescription listitem"/>

  <!-- the index: the header's own text, then its groups in their order -->
  <xsl:template match="/doxygenindex">
    <xsl:apply-templates select="document(concat($xml, '/comicgan_8h.xml'))//compounddef/detaileddescription"/>
    <xsl:for-each select="compound[@kind = 'group']">
      <xsl:sort select="substring-after(@refid, 'section')" data-type="number"/>
      <xsl:apply-templates select="document(concat($xml, '/', @refid, '.xml'))//compounddef"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="compounddef[@kind = 'group']">
    <xsl:value-of select="concat('## ', title, '&#10;&#10;')"/>
    <xsl:for-each select="innerclass">
      <xsl:apply-templates select="document(concat($xml, '/', @refid, '.xml'))//compounddef"/>
    </xsl:for-each>
    <!-- what has no text of its own stands with what is before it -->
    <xsl:for-each select="sectiondef/memberdef[normalize-space(detaileddescription) != '']">
      <xsl:variable name="id" select="@id"/>
      <xsl:text>```c&#10;</xsl:text>
      <xsl:apply-templates select=". | following-sibling::memberdef[normalize-space(detaileddescription) = ''
        and preceding-sibling::memberdef[normalize-space(detaileddescription) != ''][1]/@id = $id]"/>
      <xsl:text>```&#10;</xsl:text>
      <xsl:apply-templates select="detaileddescription"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="compounddef[@kind = 'struct']">
    <xsl:value-of select="concat('```c&#10;struct ', compoundname, ' {&#10;')"/>
    <xsl:for-each select=".//memberdef">
      <xsl:text>    </xsl:text>
      <xsl:call-template name="declaration">
        <xsl:with-param name="text" select="concat(type, ' ', name, argsstring, ';')"/>
      </xsl:call-template>
      <xsl:call-template name="behind"/>
    </xsl:for-each>
    <xsl:text>};&#10;```&#10;</xsl:text>
    <xsl:apply-templates select="detaileddescription"/>
  </xsl:template>

  <xsl:template match="memberdef[@kind = 'define']">
    <xsl:value-of select="concat('#define ', name, ' ', initializer, '&#10;')"/>
  </xsl:template>
  <xsl:template match="memberdef[@kind = 'typedef']">
    <xsl:value-of select="concat('typedef ', type, name, argsstring, ';&#10;')"/>
  </xsl:template>
  <xsl:template match="memberdef[@kind = 'typedef' and starts-with(type, 'struct')]">
    <xsl:value-of select="concat('struct ', name, ';&#10;')"/>
  </xsl:template>
  <xsl:template match="memberdef[@kind = 'function']">
    <xsl:call-template name="declaration">
      <xsl:with-param name="text" select="concat(definition, argsstring, ';&#10;')"/>
    </xsl:call-template>
  </xsl:template>

  <!-- a star stands with the name behind it -->
  <xsl:template name="declaration">
    <xsl:param name="text"/>
    <xsl:choose>
      <xsl:when test="contains($text, '* ')">
        <xsl:value-of select="concat(substring-before($text, '* '), '*', substring-after($text, '* '))"/>
      </xsl:when>
      <xsl:otherwise>
        <xsl:value-of select="$text"/>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="memberdef[@kind = 'enum']">
    <xsl:value-of select="concat('enum ', name, ' {&#10;')"/>
    <xsl:for-each select="enumvalue">
      <xsl:value-of select="concat('    ', normalize-space(concat(name, ' ', initializer)), ',')"/>
      <xsl:call-template name="behind"/>
    </xsl:for-each>
    <xsl:text>};&#10;</xsl:text>
  </xsl:template>

  <!-- a member's text, behind it -->
  <xsl:template name="behind">
    <xsl:variable name="text" select="normalize-space(detaileddescription)"/>
    <xsl:if test="$text != ''">
      <xsl:value-of select="concat(' /* ', $text, ' */')"/>
    </xsl:if>
    <xsl:text>&#10;</xsl:text>
  </xsl:template>

  <xsl:template match="detaileddescription">
    <xsl:apply-templates select="para"/>
  </xsl:template>
  <xsl:template match="para">
    <xsl:variable name="text">
      <xsl:apply-templates select="node()[not(self::itemizedlist)]"/>
    </xsl:variable>
    <xsl:if test="normalize-space($text) != ''">
      <xsl:value-of select="concat(normalize-space($text), '&#10;')"/>
      <xsl:if test="not(parent::listitem)">
        <xsl:text>&#10;</xsl:text>
      </xsl:if>
    </xsl:if>
    <xsl:apply-templates select="itemizedlist"/>
  </xsl:template>
  <xsl:template match="itemizedlist">
    <xsl:for-each select="listitem">
      <xsl:text>- </xsl:text>
      <xsl:apply-templates select="para"/>
    </xsl:for-each>
    <xsl:text>&#10;</xsl:text>
  </xsl:template>
</xsl:stylesheet>
