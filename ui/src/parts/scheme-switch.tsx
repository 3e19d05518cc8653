// Light, dark, or as the system says.
import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core'
import { Icon } from './icon.js'

const schemes = [
  ['light', 'Light', 'sun'],
  ['dark', 'Dark', 'moon'],
  ['auto', 'As the system', 'system'],
] as const

export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [, , icon] = schemes.find(([value]) => value === colorScheme) ?? schemes[2]
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label="Light or dark">
          <Icon name={icon} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(([value, text, name]) => (
          <Menu.Item
            key={value}
            leftSection={<Icon name={name} size={14} />}
            rightSection={value === colorScheme ? <Icon name="check" size={14} /> : undefined}
            onClick={() => setColorScheme(value)}
          >
            {text}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
