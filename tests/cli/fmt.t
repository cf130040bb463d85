In place, once; a formatted file is not touched.

  $ printf 'policy   P is default{otherwise deny}\n' > a.woapol
  $ woapol fmt --check a.woapol
  a.woapol
  [2]
  $ woapol fmt --diff a.woapol
  --- a.woapol
  +++ a.woapol (formatted)
  @@ -1,1 +1,3 @@
  -policy   P is default{otherwise deny}
  +policy P is default {
  +  otherwise deny
  +}
  [2]
  $ cat a.woapol
  policy   P is default{otherwise deny}
  $ woapol fmt a.woapol
  $ cat a.woapol
  policy P is default {
    otherwise deny
  }
  $ woapol fmt --check a.woapol
  $ woapol fmt --diff a.woapol
  $ touch -d 2020-01-01 a.woapol && woapol fmt a.woapol && date -r a.woapol +%Y
  2020

Standard input goes to standard output.

  $ printf 'policy   P is default{otherwise deny}\n' | woapol fmt -
  policy P is default {
    otherwise deny
  }
  $ printf 'policy   P is default{otherwise deny}\n' | woapol fmt --check -
  <standard input>
  [2]
  $ woapol fmt - < /dev/null

Several files: each is done, and the status is the gravest.

  $ printf 'policy   P is default{otherwise deny}\n' > b.woapol
  $ printf 'policy P is\n' > half.woapol && cp half.woapol before
  $ woapol fmt --check a.woapol b.woapol
  b.woapol
  [2]
  $ woapol fmt b.woapol half.woapol
  error[WOA1001]: expected 'default' after 'is', found the end of the file
   --> half.woapol:1:12
    |
  1 | policy P is
    |            ^
  
  1 error; 'woapol explain WOA1001' says more
  [3]
  $ cmp half.woapol before && woapol fmt --check b.woapol
  $ woapol fmt none.woapol a.woapol
  woapol fmt: cannot read none.woapol: No such file or directory
  [1]

Permissions stay, a link stays a link, a file that may not be written stays as it is.

  $ printf 'policy   P is default{otherwise deny}\n' > c.woapol && chmod 640 c.woapol && ln -s c.woapol link.woapol
  $ woapol fmt link.woapol && stat -c %a c.woapol && test -L link.woapol && woapol fmt --check c.woapol
  640
  $ ls -A
  a.woapol
  b.woapol
  before
  c.woapol
  half.woapol
  link.woapol

An image is no text:

  $ echo 'policy P is default { otherwise deny }' > p.woapol
  $ woapol build p.woapol && woapol fmt p.wob
  woapol fmt: p.wob is an image; only sources are formatted
  [1]
  $ cp p.wob image && woapol fmt image
  woapol fmt: image is an image; only sources are formatted
  [1]

